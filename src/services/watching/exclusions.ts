import picomatch from 'picomatch';

/** What is never an output: hidden files, half-written ones, caches, and MLflow's own stores. */
export const defaultExclude: readonly string[] = [
  '**/.*',
  '**/*.{tmp,temp,part,partial,crdownload,download,swp,swo,swx}',
  '**/*~',
  '**/~$*',
  '**/#*#',
  '**/__pycache__',
  '**/*.{pyc,pyo}',
  '**/node_modules',
  '**/mlruns',
  '**/mlartifacts',
  '**/mlflow.db{,-journal,-wal,-shm}',
  '**/{Thumbs.db,desktop.ini}',
];

/**
 * True for a path, relative to its folder and `/`-separated, that a glob matches or that lies in a directory that one
 * matches. A glob that is no glob is a plain name. On Windows and macOS case does not matter.
 */
export type Exclusion = (path: string) => boolean;

export function excluding(globs: readonly string[]): Exclusion {
  const nocase = process.platform === 'win32' || process.platform === 'darwin';
  const matches = picomatch([...globs], { dot: true, nocase });
  const directories = new Map<string, boolean>([['', false]]);
  const isDirectoryExcluded = (path: string): boolean => {
    const known = directories.get(path);
    if (known !== undefined) return known;
    const excluded = isExcluded(path);
    directories.set(path, excluded);
    return excluded;
  };
  const isExcluded = (path: string) =>
    isDirectoryExcluded(path.slice(0, Math.max(path.lastIndexOf('/'), 0))) || matches(path);
  return isExcluded;
}
