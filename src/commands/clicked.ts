import type { RunInfo } from '../tracking/entities.ts';
import type { ActiveRunNode, ExperimentsNode } from '../views/nodes.ts';
import type { CommandServices } from './services.ts';

type Node = ExperimentsNode | ActiveRunNode;
type NodeOf<K extends Node['kind']> = Extract<Node, { readonly kind: K }>;

/**
 * The rows that a command called with `args` is to act on: the clicked one, with all that are selected if it is among
 * them, as VS Code passes them; from a key binding or the palette, which pass nothing, what is selected in the
 * Experiments view while that is visible.
 */
export function clickedRows(
  args: readonly unknown[],
  { experiments: { view } }: Pick<CommandServices, 'experiments'>,
): readonly Node[] {
  const [clicked, selected] = args as readonly [Node?, (readonly Node[])?];
  if (!clicked) return view.visible ? view.selection : [];
  return selected?.includes(clicked) ? selected : [clicked];
}

/** The runs among them, and the experiments. */
export const clickedRuns = (
  args: readonly unknown[],
  services: Pick<CommandServices, 'experiments'>,
): readonly RunInfo[] =>
  clickedRows(args, services).flatMap(node =>
    node.kind === 'run' ? [node.run.info] : node.kind === 'stackRun' ? [node.info] : [],
  );

export const clickedExperiments = (
  args: readonly unknown[],
  services: Pick<CommandServices, 'experiments'>,
) => clickedRows(args, services).flatMap(node => (node.kind === 'experiment' ? [node.experiment] : []));

/** The one row of this kind that was clicked itself, whatever is selected. */
export function clickedNode<K extends Node['kind']>(
  [clicked]: readonly unknown[],
  kind: K,
): NodeOf<K> | undefined {
  const node = clicked as Node | undefined;
  return node?.kind === kind ? (node as NodeOf<K>) : undefined;
}
