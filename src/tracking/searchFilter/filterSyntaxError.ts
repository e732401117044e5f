import { TrackingError } from '../errors.ts';
import type { SourceRange } from './lexer.ts';

/** A filter or order that MLflow would refuse. The message says where; an editor can underline `range`. */
export class FilterSyntaxError extends TrackingError {
  readonly range: SourceRange;

  /** @param problem A sentence or two without the position, which is added in front (from 1, as editors count). */
  constructor(what: 'filter' | 'order', problem: string, range: SourceRange) {
    super('INVALID_PARAMETER_VALUE', `Character ${range.start + 1} of the ${what}: ${problem}`);
    this.range = range;
  }
}
