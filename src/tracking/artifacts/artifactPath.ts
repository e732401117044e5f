import { invalid } from '../errors.ts';

/** MLflow writes files under such names and renames them when they are whole; neither of us lists them. */
export const temporaryPrefix = '.artifact.uploading.';

/** `mlflow.utils.uri._decode` gives up after as many rounds. */
const maxDecodings = 10;

/** `urllib.parse.unquote`: a `%` that starts no escape stays, bytes that are not UTF-8 become U+FFFD. */
export function unquote(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, escapes =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** `urllib.parse.uses_netloc`: `urlunparse` gives these schemes an empty host. */
const hostSchemes =
  /^(?:file|ftp|git|git\+ssh|gopher|https?|imap|mms|nfs|nntp|prospero|rsync|rtspu?|sftp|shttp|snews|svn|svn\+ssh|telnet|wais|wss?):(?!\/\/)\/?/;

/**
 * `urlunparse(urlparse(text))` of Python 3.11 for a text without `#` and `//`: drops line breaks, tabs, leading
 * blanks and an empty query or parameter part, writes the scheme in lower case, and puts `//` behind some schemes.
 */
function normalizedAsUrl(text: string): string {
  let url = text.replace(/^[\0- ]+/, '').replace(/[\t\r\n]/g, '');
  url = url.replace(/^[a-z][\w+.-]*:/i, scheme => scheme.toLowerCase());
  if (url.indexOf('?') === url.length - 1) url = url.slice(0, -1);
  url = url.replace(/^([^?]*\/)?([^/?;]*);(?=\?|$)/, '$1$2');
  return hostSchemes.test(url) ? url.replace(/:\/?/, ':///') : url;
}

/** Every form that the path takes while MLflow decodes it, itself first; undefined if there is no end to it. */
function decodings(path: string): readonly string[] | undefined {
  const forms = [path];
  for (let form = path; forms.length <= maxDecodings; forms.push(form)) {
    const next = normalizedAsUrl(unquote(form));
    if (next === form) return forms;
    form = next;
  }
  return undefined;
}

function flaw(path: string, platform: NodeJS.Platform): string | undefined {
  const segments = path.split('/');
  if (path.includes('\0')) return 'has a NUL character';
  if (path.startsWith('/') || /^file:/i.test(path)) return 'is absolute';
  if (/^[a-z]:[\\/]/i.test(path) || path.startsWith('\\\\')) return 'is an absolute Windows path';
  if (platform === 'win32' && /^[a-z]:/i.test(path)) return 'starts with a drive letter';
  if (platform === 'win32' && path.includes('\\')) return 'has a backslash';
  if (segments.includes('..')) return 'leads out with ".."';
  return undefined;
}

const refusal = (path: string, reason: string) =>
  invalid(
    `Artifact path ${JSON.stringify(path)} ${reason}, which MLflow does not accept. Use a relative path with "/" between plain names.`,
  );

/**
 * Throws INVALID_PARAMETER_VALUE for what MLflow refuses as the path of an artifact
 * (`mlflow.utils.uri.validate_path_is_safe`, `verify_artifact_path`, `LocalArtifactRepository`), the path itself and
 * every form that it decodes to. A backslash is an ordinary character except on Windows.
 */
export function checkArtifactPath(path: string, platform: NodeJS.Platform = process.platform): void {
  if (path === '') throw refusal(path, 'is empty');
  const forms = decodings(path);
  if (!forms) throw refusal(path, 'is percent-encoded too many times');
  if (forms.some(form => form.includes('#'))) throw refusal(path, 'contains "#"');
  for (const form of forms) {
    const reason = flaw(form, platform);
    if (reason !== undefined) throw refusal(path, reason);
  }
  const segments = path.split('/');
  if (segments.some(segment => segment === '' || segment === '.'))
    throw refusal(path, 'has empty or "." segments');
  if (segments.some(segment => segment.startsWith(temporaryPrefix)))
    throw refusal(path, `uses the reserved prefix "${temporaryPrefix}"`);
}

/**
 * For a path that is to be written: also refuses what MLflow would store but never find again, because its reading side
 * decodes names (`a%20b`, `A:b`, `a?`, control characters, a leading blank), and directories like `..a`, which
 * `verify_artifact_path` refuses. (MLflow 3.17's client lists but fails to download some more, as `a?b` and `it's/a`;
 * 2.22's downloads them.)
 */
export function checkNewArtifactPath(path: string, platform: NodeJS.Platform = process.platform): void {
  checkArtifactPath(path, platform);
  if (path.startsWith('..') && path.includes('/')) throw refusal(path, 'starts with ".."');
  const readAs = decodings(path)?.at(-1);
  // eslint-disable-next-line no-control-regex -- MLflow escapes exactly these.
  if (/[\0-\x1f\x7f]/.test(path)) throw refusal(path, 'has control characters');
  if (readAs !== path) throw refusal(path, `would be read back as ${JSON.stringify(readAs)}`);
}

/** `directory/name`, or the name alone for the root. */
export const joinArtifactPath = (directory: string | undefined, name: string) =>
  directory === undefined || directory === '' ? name : `${directory}/${name}`;
