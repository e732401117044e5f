import { describe, expect, it } from 'vitest';
import { Settling } from '../../../../src/services/watching/settling.ts';

const mebibyte = 2 ** 20;

describe('the settle window', () => {
  it('is the given one for a small file and grows with the size', () => {
    const settling = new Settling(1_000);
    settling.changed(0, 10);
    expect(settling.window).toBeCloseTo(1_000, 0);
    settling.changed(0, 512 * mebibyte);
    expect(settling.window).toBeGreaterThan(5_000);
    expect(settling.window).toBeLessThan(6_000);
  });

  it('learns the pauses of a slow writer', () => {
    const settling = new Settling(1_000);
    for (let now = 0; now <= 12_000; now += 3_000) settling.changed(now, 10);
    expect(settling.window).toBe(6_000);
  });

  it('takes a change after a long time for a new version', () => {
    const settling = new Settling(1_000);
    settling.changed(0, 10);
    settling.changed(20_000, 10);
    expect(settling.window).toBeCloseTo(1_000, 0);
  });

  it('learns nothing from the time between two whole versions', () => {
    const settling = new Settling(1_000);
    settling.changed(0, 10);
    settling.changed(5_000, 10, true);
    expect(settling.window).toBeCloseTo(1_000, 0);
  });

  it('never exceeds half a minute, unless the settings ask for it', () => {
    const settling = new Settling(5_000);
    settling.changed(0, 10);
    settling.changed(49_000, 10);
    expect(settling.window).toBe(30_000);
    expect(new Settling(60_000).window).toBe(60_000);
  });

  it('loses patience after a while of quiet', () => {
    const settling = new Settling(1_000);
    settling.changed(0, 0);
    expect(settling.isOutOfPatience(7_999)).toBe(false);
    expect(settling.isOutOfPatience(8_000)).toBe(true);
  });
});
