import { expect, it } from 'vitest';
import { FolderModel } from './watching/folderModel.ts';
import { WatcherHarness } from './watching/watcherHarness.ts';

const seed = 20_261_124;

it('1,500 random operations leave exactly the artifacts that the model predicts', async () => {
  const harness = new WatcherHarness();
  const folder = await harness.makeOutputs();
  const watcher = await harness.start({ settle: 10 });
  const model = new FolderModel(harness.base, folder, seed);
  for (let round = 0; round < 60; round++) {
    for (let operation = 0; operation < 25; operation++) await model.operate();
    const { settling, waiting, sending, failed } = await watcher.flush();
    expect({ settling, waiting, sending, failed }).toEqual({
      settling: 0,
      waiting: 0,
      sending: 0,
      failed: 0,
    });
    model.settle();
    expect(await harness.artifacts(), `round ${round}`).toEqual(Object.fromEntries(model.artifacts));
  }
});
