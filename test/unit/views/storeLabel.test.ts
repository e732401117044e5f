import { expect, test } from 'vitest';
import { storeLabel } from '../../../src/views/storeLabel.ts';

test.each([
  ['sqlite:////home/ann/code/mlflow.db', 'sqlite · mlflow.db'],
  ['sqlite:///C:/code/my%20runs.db', 'sqlite · my runs.db'],
  ['sqlite:///100%.db', 'sqlite · 100%.db'],
  ['file:///home/ann/mlruns', 'files · mlruns'],
  ['/home/ann/mlruns', 'files · mlruns'],
  ['C:\\work\\mlruns', 'files · mlruns'],
  ['https://ann:secret@tracking.example:5000/path?token=1', 'tracking.example:5000'],
])('%s is called %s', (uri, label) => expect(storeLabel(uri)).toBe(label));
