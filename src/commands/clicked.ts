import type { ExperimentsNode } from '../views/nodes.ts';
import type { CommandServices } from './services.ts';

type Kind = ExperimentsNode['kind'];
type NodeOf<K extends Kind> = Extract<ExperimentsNode, { readonly kind: K }>;

/**
 * The rows that a command called with `args` is to act on: the clicked one, with all that are selected if it is among
 * them, as VS Code passes them; from a key binding or the palette, which pass nothing, what is selected in the
 * Experiments view while that is visible.
 */
export function clickedRows(
  args: readonly unknown[],
  { experiments: { view } }: Pick<CommandServices, 'experiments'>,
): readonly ExperimentsNode[] {
  const [clicked, selected] = args as readonly [ExperimentsNode?, (readonly ExperimentsNode[])?];
  if (!clicked) return view.visible ? view.selection : [];
  return selected?.includes(clicked) ? selected : [clicked];
}

/** Those of one kind. */
export function clickedNodes<K extends Kind>(
  args: readonly unknown[],
  kind: K,
  services: Pick<CommandServices, 'experiments'>,
): readonly NodeOf<K>[] {
  return clickedRows(args, services).filter((node): node is NodeOf<K> => node.kind === kind);
}

/** The one row of this kind that was clicked itself, whatever is selected. */
export function clickedNode<K extends Kind>([clicked]: readonly unknown[], kind: K): NodeOf<K> | undefined {
  const node = clicked as ExperimentsNode | undefined;
  return node?.kind === kind ? (node as NodeOf<K>) : undefined;
}
