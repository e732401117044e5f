/** A window with a folder, and the tests that run inside it. */
export interface Suite {
  readonly name: string;
  /**
   * A folder of test/fixtures/workspaces, copied for the suite. With a `*.code-workspace` in it, that is opened.
   * Undefined: the window has no folder.
   */
  readonly workspace: string | undefined;
  /** Files below test/integration; the window is reloaded between one list and the next. */
  readonly phases: readonly (readonly string[])[];
  /** Default: true. Otherwise the window is in Restricted Mode. */
  readonly trusted?: boolean;
  /** The person's settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export const suites: readonly Suite[] = [
  { name: 'activation', workspace: 'plain', phases: [['activation.test.ts'], ['activation.test.ts']] },
  {
    name: 'restricted',
    workspace: 'plain',
    phases: [['restricted.test.ts', 'restrictedCommands.test.ts']],
    trusted: false,
  },
  {
    name: 'commands',
    workspace: 'plain',
    phases: [['commands.test.ts', 'palette.test.ts', 'flows.test.ts']],
  },
  { name: 'views', workspace: 'plain', phases: [['views.test.ts']] },
  { name: 'outputs', workspace: 'plain', phases: [['outputs.test.ts']] },
  { name: 'multiRoot', workspace: 'multiRoot', phases: [['multiRoot.test.ts']] },
  { name: 'source', workspace: 'plain', phases: [['source.test.ts']] },
  { name: 'twoWindows', workspace: 'plain', phases: [['twoWindows.test.ts']] },
  { name: 'noFolder', workspace: undefined, phases: [['noFolder.test.ts']] },
  {
    name: 'mainJob',
    workspace: 'plain',
    phases: [['mainJob.test.ts'], ['mainJobReloaded.test.ts']],
  },
];
