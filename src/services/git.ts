import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { Logger } from '../tracking/logger.ts';

export interface GitState {
  readonly commit: string | undefined;
  readonly branch: string | undefined;
  readonly repoUrl: string | undefined;
}

const nothing: GitState = { commit: undefined, branch: undefined, repoUrl: undefined };

/** The part of the built-in Git extension's API (vscode.git, API version 1) that is used here. */
interface GitExtension {
  getAPI(version: 1): {
    getRepository(uri: vscode.Uri): {
      readonly state: {
        readonly HEAD: { readonly name?: string; readonly commit?: string } | undefined;
        readonly remotes: readonly { readonly name: string; readonly fetchUrl?: string }[];
      };
    } | null;
  };
}

/** What Git knows of the place that `uri` (a file or folder) lies in; never throws. */
export async function gitState(uri: vscode.Uri, logger: Logger): Promise<GitState> {
  try {
    return (await fromExtension(uri)) ?? (vscode.workspace.isTrusted ? await fromCommand(uri) : nothing);
  } catch (error) {
    logger.debug('No Git state for the run.', error);
    return nothing;
  }
}

async function fromExtension(uri: vscode.Uri): Promise<GitState | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (!extension) return undefined;
  const git = extension.isActive ? extension.exports : await extension.activate();
  // getAPI throws where the person has switched Git off (git.enabled): the command may still be there.
  let repository;
  try {
    repository = git.getAPI(1).getRepository(uri);
  } catch {
    return undefined;
  }
  if (!repository?.state.HEAD?.commit) return undefined;
  const { HEAD, remotes } = repository.state;
  const remote = remotes.find(({ name }) => name === 'origin') ?? remotes[0];
  return { commit: HEAD.commit, branch: HEAD.name, repoUrl: withoutCredentials(remote?.fetchUrl) };
}

async function fromCommand(uri: vscode.Uri): Promise<GitState> {
  const cwd =
    (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.Directory
      ? uri
      : vscode.Uri.joinPath(uri, '..');
  const git = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)('git', args, {
      cwd: cwd.fsPath,
      timeout: 5000,
      windowsHide: true,
    });
    return stdout.trim();
  };
  const optional = (promise: Promise<string>) => promise.catch(() => undefined);
  const [commit, branch, repoUrl] = await Promise.all([
    optional(git('rev-parse', '--verify', 'HEAD')),
    optional(git('symbolic-ref', '--short', 'HEAD')),
    optional(git('config', '--get', 'remote.origin.url')),
  ]);
  return { commit, branch, repoUrl: withoutCredentials(repoUrl) };
}

/** A remote may carry a token (`https://user:token@host/…`); a run must not. */
export function withoutCredentials(url: string | undefined): string | undefined {
  return url?.replace(/^([a-z][a-z+.-]*:\/\/)[^/@]*@/i, '$1');
}
