import { FilterSyntaxError } from './filterSyntaxError.ts';
import type { Entity, Grammar, OperandType } from './grammar.ts';
import { datasetAttributes, typeOf } from './grammar.ts';
import type { SourceRange, Token } from './lexer.ts';
import { nextToken } from './lexer.ts';

/** What a condition or an order is about: `metrics.loss`, `status`. */
export interface Operand {
  readonly entity: Entity;
  /** Without quotes; an attribute under its own name (`start_time` for `created`). */
  readonly key: string;
  readonly type: OperandType;
  readonly range: SourceRange;
}

/** The name that begins with `first`, over all its dots; undefined if none begins there. */
export function nameAt(text: string, first: Token): SourceRange | undefined {
  if (first.kind !== 'word' && first.kind !== 'backticks' && first.kind !== 'double') return undefined;
  let { end } = first;
  for (;;) {
    const dot = nextToken(text, end);
    if (dot?.text !== '.' || dot.start !== end) break;
    const part = nextToken(text, dot.end);
    if (part?.start !== dot.end || !isPart(part)) break;
    end = part.end;
    if (part.kind === 'single') break;
  }
  return { start: first.start, end };
}

const isPart = ({ kind }: Token) =>
  kind === 'word' || kind === 'backticks' || kind === 'double' || kind === 'single';

/**
 * Says what a name means, as MLflow's `_get_identifier` does: the entity ends at the first dot, and only quotes around
 * the whole key are removed.
 */
export function resolveName(
  grammar: Grammar,
  what: 'filter' | 'order',
  name: string,
  range: SourceRange,
): Operand {
  const dot = name.indexOf('.');
  const prefix = name.slice(0, Math.max(dot, 0));
  const entity =
    dot < 0 ? 'attribute' : grammar.entities.get(grammar.lax ? withoutQuotes(prefix, '`') : prefix);
  if (entity === undefined) {
    const problem = `"${prefix}" is not searched by: before the dot goes ${grammar.hints.entities}.`;
    throw new FilterSyntaxError(what, problem, range);
  }
  const rest = name.slice(dot + 1);
  const key = withoutQuotes(withoutQuotes(rest, "'", '"'), '`');
  if (entity === 'attribute') {
    const attribute = grammar.attributes.get(key);
    if (attribute !== undefined && (what === 'filter' || attribute.orderable)) {
      return { entity, key: attribute.name, type: attribute.type, range };
    }
    const hint = `write ${grammar.hints.attributes}, or put ${grammar.hints.entities} and a dot before it.`;
    throw new FilterSyntaxError(what, `"${key}" is not an attribute: ${hint}`, range);
  }
  if (entity === 'dataset' && !datasetAttributes.includes(key)) {
    const problem = `a dataset has no "${key}": write dataset.name, dataset.digest or dataset.context.`;
    throw new FilterSyntaxError(what, problem, range);
  }
  return { entity, key, type: typeOf[entity], range };
}

/** The text inside, if it is quoted by one of these. */
function withoutQuotes(text: string, ...quotes: readonly string[]): string {
  const quoted = quotes.some(quote => text.length >= 2 && text.startsWith(quote) && text.endsWith(quote));
  return quoted ? text.slice(1, -1) : text;
}
