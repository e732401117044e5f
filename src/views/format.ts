/** Numbers, sizes and spans of time as every view writes them. Units are symbols, the same in all languages. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const thinSpace = '\u2009';
/** From here on, a double's whole numbers are too long to read. */
const longest = 1e15;

/** A whole number, its digits grouped from 10 000 on. */
export function formatCount(count: number | bigint): string {
  const digits = String(count);
  return digits.replace('-', '').length < 5 ? digits : digits.replace(/\B(?=(?:\d{3})+$)/g, thinSpace);
}

/**
 * A metric in five significant digits; what has more digits before the point is a whole number. Stores keep ±∞ as the
 * largest double (mlflow-contract §2), so that reads ±∞ here, too.
 */
export function formatMetric(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const size = Math.abs(value);
  if (size >= Number.MAX_VALUE) return value < 0 ? '-∞' : '∞';
  if (value === 0) return '0';
  if (size < 1e-4 || size >= longest) return value.toExponential(4).replace(/\.?0*e\+?/, 'e');
  if (size >= 99_999.5) return formatCount(Math.round(value));
  const rounded = Number(value.toPrecision(5));
  return Number.isInteger(rounded) ? formatCount(rounded) : String(rounded);
}

/** A metric with every digit that the store has. */
export function formatExactMetric(value: number): string {
  return Math.abs(value) >= Number.MAX_VALUE ? formatMetric(value) : String(value);
}

export function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  // Rounded for display, 1023.9 KiB would read 1024 KiB.
  while (Math.round(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits).replace('.0', '')} ${units[unit] ?? ''}`;
}

/** `0:07`, `12:34`, from an hour on `2 h 05 m`, from a day on `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < hour) {
    const seconds = Math.floor((span % minute) / second);
    return `${Math.floor(span / minute)}:${String(seconds).padStart(2, '0')}`;
  }
  if (span < day) {
    return `${Math.floor(span / hour)} h ${String(Math.floor((span % hour) / minute)).padStart(2, '0')} m`;
  }
  return `${formatCount(Math.floor(span / day))} d ${Math.floor((span % day) / hour)} h`;
}

/** A span that is looked at from afar, in its largest unit: `40 s`, `5 min`, `2 h`, `3 d`. */
export function formatRoughSpan(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < minute) return `${Math.floor(span / second)} s`;
  if (span < hour) return `${Math.floor(span / minute)} min`;
  if (span < day) return `${Math.floor(span / hour)} h`;
  return `${formatCount(Math.floor(span / day))} d`;
}

export function formatDateTime(time: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(time);
}

export function formatDate(time: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(time);
}

/** The first line of a text, cut where a row would cut it anyway. */
export function excerptOf(text: string, length = 200): string {
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  return line.length < text.length || line.length > length ? `${line.slice(0, length)}…` : line;
}
