import type { ExperimentsNode } from '../views/nodes.ts';
import type { CommandServices } from './services.ts';

type Kind = ExperimentsNode['kind'];
type NodeOf<K extends Kind> = Extract<ExperimentsNode, { readonly kind: K }>;

/**
 * The rows that a command called with `args` is to act on: the clicked one, with all that are selected if it is among
 * them, as VS Code passes them; from a key binding or the palette, which pass nothing, what is selected in the
 * Experiments view while that is visible.
 */
export function clickedNodes<K extends Kind>(
  args: readonly unknown[],
  kind: K,
  { experiments: { view } }: Pick<CommandServices, 'experiments'>,
): readonly NodeOf<K>[] {
  const [clicked, selected] = args as readonly [ExperimentsNode?, (readonly ExperimentsNode[])?];
  const nodes = clicked
    ? selected?.includes(clicked)
      ? selected
      : [clicked]
    : view.visible
      ? view.selection
      : [];
  return nodes.filter((node): node is NodeOf<K> => node.kind === kind);
}
