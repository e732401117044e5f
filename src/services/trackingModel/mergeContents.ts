import type { Page } from '../../tracking/store/trackingStore.ts';
import { keepIdentity, keepItems } from './keepIdentity.ts';
import type { Contents, Subject } from './subjects.ts';

type AnyContents = Contents[Subject['kind']];
type Listed = Contents['experiments' | 'runs']['items'][number];

const idOf = (item: Listed) => ('experiment' in item ? item.experiment.experimentId : item.info.runId);

/** What has been read, with the objects of before where nothing has changed. */
export function mergeContents(
  subject: Subject,
  before: AnyContents | undefined,
  read: AnyContents,
): AnyContents {
  switch (subject.kind) {
    case 'experiments':
    case 'matches':
    case 'runs':
    case 'children':
      return mergeList(before as Page<Listed> | undefined, read as Page<Listed>) as AnyContents;
    case 'run':
    case 'artifacts':
      return keepIdentity(before, read);
  }
}

/** A list and the page after it. Pages shift when something is added in front of them: what is known stays once. */
export function mergePages<T extends Listed>(before: Page<T>, next: Page<T>): Page<T> {
  const known = new Set(before.items.map(idOf));
  return {
    items: [...before.items, ...next.items.filter(item => !known.has(idOf(item)))],
    nextPageToken: next.nextPageToken,
  };
}

function mergeList(before: Page<Listed> | undefined, read: Page<Listed>): Page<Listed> {
  const items = keepItems(before?.items, read.items, idOf);
  if (before?.items === items && before.nextPageToken === read.nextPageToken) return before;
  return { items, nextPageToken: read.nextPageToken };
}
