import { describe, expect, it } from 'vitest';
import { TrackingError } from '../../../src/tracking/errors.ts';
import {
  messageOf,
  validateArtifactLocation,
  validateExperimentId,
  validateExperimentName,
  validateExperimentTag,
  validateMetric,
  validateMetricKey,
  validateParam,
  validateRunId,
  validateRunName,
  validateTag,
} from '../../../src/tracking/validation.ts';

const refusal = (validate: () => void) => {
  try {
    validate();
  } catch (error) {
    if (error instanceof TrackingError) return `${error.errorCode}: ${error.message}`;
    throw error;
  }
  return 'accepted';
};

describe('keys', () => {
  it.each([
    'loss',
    'val/acc',
    'a b',
    'a.b-c_d',
    '学習率',
    'naïve',
    'x²',
    '½',
    'Ⅷ',
    'a/.b',
    'a..b',
    '.a',
    '-',
    ' ',
  ])('takes %j', key => {
    expect(
      refusal(() => {
        validateMetricKey(key);
      }),
    ).toBe('accepted');
  });

  it.each([
    ['', 'is empty'],
    ['a#b', 'contains "#"'],
    ['a\nb', 'contains "\\n"'],
    ['a\n', 'contains "\\n"'],
    ['e\u0301', 'contains "\u0301"'],
    ['🦊', 'contains "🦊"'],
    ['/a', 'not a plain path'],
    ['a/', 'not a plain path'],
    ['a//b', 'not a plain path'],
    ['.', 'not a plain path'],
    ['a/./b', 'not a plain path'],
    ['a/../b', 'not a plain path'],
    ['..a', 'not a plain path'],
    ['a'.repeat(251), '251 characters long'],
  ])('refuses %j: %s', (key, reason) => {
    const answer = refusal(() => {
      validateMetricKey(key);
    });
    expect(answer).toMatch(/^INVALID_PARAMETER_VALUE: Metric key/);
    expect(answer).toContain(reason);
  });

  it('counts characters, not UTF-16 units', () => {
    expect(
      refusal(() => {
        validateMetricKey('𠮷'.repeat(250));
      }),
    ).toBe('accepted');
    expect(
      refusal(() => {
        validateMetricKey('𠮷'.repeat(251));
      }),
    ).toContain('251 characters');
  });
});

describe('metrics', () => {
  const metric = { key: 'loss', value: 1, timestamp: 1, step: 0 };
  it.each([
    { value: NaN },
    { value: -Infinity },
    { step: -(2n ** 63n) },
    { step: 2n ** 63n - 1n },
    { step: -3 },
    { timestamp: 2n ** 63n - 1n },
    { timestamp: 0 },
  ])('takes %o', change => {
    expect(
      refusal(() => {
        validateMetric({ ...metric, ...change });
      }),
    ).toBe('accepted');
  });

  it.each([
    [{ step: 1.5 }, 'must be a whole number'],
    [{ step: NaN }, 'must be a whole number'],
    [{ step: 2 ** 53 }, 'pass a bigint'],
    [{ step: 2n ** 63n }, 'must fit a 64-bit integer'],
    [{ timestamp: -1 }, "can't be negative"],
    [{ timestamp: -1n }, "can't be negative"],
    [{ timestamp: 0.5 }, 'must be a whole number'],
  ])('refuses %o: %s', (change, reason) => {
    expect(
      refusal(() => {
        validateMetric({ ...metric, ...change });
      }),
    ).toContain(reason);
  });
});

describe('texts', () => {
  it('refuses what MLflow would cut', () => {
    expect(
      refusal(() => {
        validateParam({ key: 'p', value: 'v'.repeat(6000) });
      }),
    ).toBe('accepted');
    expect(
      refusal(() => {
        validateParam({ key: 'p', value: 'v'.repeat(6001) });
      }),
    ).toContain('at most 6000');
    expect(
      refusal(() => {
        validateTag({ key: 't', value: '🦊'.repeat(8000) });
      }),
    ).toBe('accepted');
    expect(
      refusal(() => {
        validateTag({ key: 't', value: 'v'.repeat(8001) });
      }),
    ).toContain('at most 8000');
    expect(
      refusal(() => {
        validateExperimentTag({ key: 't', value: 'v'.repeat(20_001) });
      }),
    ).toContain('20000');
  });

  it('refuses text that UTF-8 cannot hold', () => {
    expect(
      refusal(() => {
        validateParam({ key: 'p', value: '\ud83e' });
      }),
    ).toContain('lone surrogate');
  });
});

describe('names and ids', () => {
  it('holds experiment names to 1–500 characters', () => {
    expect(
      refusal(() => {
        validateExperimentName('');
      }),
    ).toContain('needs a name');
    expect(
      refusal(() => {
        validateExperimentName('n'.repeat(500));
      }),
    ).toBe('accepted');
    expect(
      refusal(() => {
        validateExperimentName('n'.repeat(501));
      }),
    ).toContain('at most 500');
  });

  it('holds run names to what the schema takes', () => {
    expect(
      refusal(() => {
        validateRunName('n'.repeat(250));
      }),
    ).toBe('accepted');
    expect(
      refusal(() => {
        validateRunName('n'.repeat(251));
      }),
    ).toContain('at most 250');
  });

  it('checks ids', () => {
    expect(
      refusal(() => {
        validateRunId('0123456789abcdef0123456789abcdef');
      }),
    ).toBe('accepted');
    expect(
      refusal(() => {
        validateRunId('a/b');
      }),
    ).toContain('not a run ID');
    expect(
      refusal(() => {
        validateExperimentId('7');
      }),
    ).toBe('accepted');
    expect(
      refusal(() => {
        validateExperimentId('');
      }),
    ).toContain('not an experiment ID');
  });

  it('checks artifact locations', () => {
    expect(
      refusal(() => {
        validateArtifactLocation('s3://bucket/path');
      }),
    ).toBe('accepted');
    expect(
      refusal(() => {
        validateArtifactLocation('runs:/abc/x');
      }),
    ).toContain('runs:/');
  });
});

describe('messageOf', () => {
  it('gives the message of a refusal, and nothing for what is fine', () => {
    expect(
      messageOf(() => {
        validateMetricKey('loss');
      }),
    ).toBeUndefined();
    expect(
      messageOf(() => {
        validateMetricKey('');
      }),
    ).toBe('Metric key is empty: give it a name.');
  });

  it('lets other errors through', () => {
    expect(() =>
      messageOf(() => {
        throw new RangeError('bug');
      }),
    ).toThrow(RangeError);
  });
});
