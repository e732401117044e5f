/** Begins as only a filter does: with one of MLflow's prefixes. */
const prefixed = /^\s*(?:metrics?|params?|parameters?|tags?|attributes?|attr|run|datasets?)\s*\./i;
/** An attribute with an operator behind it. */
const compared = /^\s*\w+\s*(?:[!<>]?=|[<>]|\bI?LIKE\s*['"]|\b(?:NOT\s+)?IN\s*\(|\bIS\s+(?:NOT\s+)?NULL\b)/i;

/**
 * What is typed into the filter box, in MLflow's search syntax: a filter as it is, any other text as "the run's name
 * contains". MLflow has no escapes, so `%` and `_` stay wildcards, and a text with both quotes finds any character there.
 */
export function runFilterOf(typed: string): string | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  if (prefixed.test(text) || compared.test(text)) return text;
  if (!text.includes("'")) return `run_name ILIKE '%${text}%'`;
  return `run_name ILIKE "%${text.replaceAll('"', '_')}%"`;
}
