import type { ExperimentsNode, MessageNode } from './nodes.ts';

/** A row that stands for those that are missing. */
export function messageRow(
  parent: ExperimentsNode,
  reason: MessageNode['reason'],
  error?: Error,
): MessageNode {
  return { kind: 'message', id: `${parent.id}/message:${reason}`, parent, reason, error };
}
