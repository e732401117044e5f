import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { commandIds, viewIds } from '../../src/contributions.ts';

interface MenuItem {
  readonly command: string;
  readonly when?: string;
}
interface Property {
  readonly type: string;
  readonly items?: { readonly type: string };
  readonly default: unknown;
}
interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string; icon?: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly keybindings: readonly { command: string; key: string; mac?: string; when?: string }[];
    readonly views: Readonly<Record<string, readonly { id: string; when?: string }[]>>;
    readonly viewsWelcome: readonly { view: string; contents: string; when?: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Property>> };
  };
}

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(root, path), 'utf8');
const manifestText = await read('package.json');
const { publisher, name: extensionName, contributes } = JSON.parse(manifestText) as Manifest;
const nls = JSON.parse(await read('package.nls.json')) as Readonly<Record<string, string>>;
const contributions = ts.createSourceFile(
  'contributions.ts',
  await read('src/contributions.ts'),
  ts.ScriptTarget.Latest,
);

/** The members of an interface of contributions.ts, with the text of their types. */
function members(name: string): ReadonlyMap<string, string> {
  const found = contributions.statements.find(
    statement => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  ) as ts.InterfaceDeclaration;
  return new Map(
    found.members.map(member => {
      const { name: key, type } = member as ts.PropertySignature;
      return [(key as ts.StringLiteral).text, type?.getText(contributions) ?? ''];
    }),
  );
}

const sorted = (values: Iterable<string>) => [...values].sort();

describe('package.json and contributions.ts have the same', () => {
  it('commands', () => {
    expect(sorted(contributes.commands.map(({ command }) => command))).toEqual(sorted(commandIds));
  });

  it('views', () => {
    const ids = Object.values(contributes.views).flatMap(views => views.map(({ id }) => id));
    expect(sorted(ids)).toEqual(sorted(Object.values(viewIds)));
  });

  it('settings, with their types, and a default of that type', () => {
    const types = Object.entries(contributes.configuration.properties).map(([key, { type, items }]) => {
      return [key, type === 'array' ? `readonly ${items?.type ?? ''}[]` : type] as const;
    });
    expect(new Map(types)).toEqual(members('Settings'));
    for (const [key, { type, default: value }] of Object.entries(contributes.configuration.properties)) {
      expect(Array.isArray(value) ? 'array' : typeof value, key).toBe(type);
    }
  });

  it('context keys, with their values', () => {
    const keys = members('ContextKeys');
    const used = new Set<string>();
    for (const when of whenClauses()) {
      const comparison = /(runlight\.\w+)(?:\s*(?:==|!=)\s*(\w+)|\s*=~\s*\/\^\((\S+)\)\$\/)?/g;
      for (const [, key = '', value, values] of when.matchAll(comparison)) {
        if (Object.values<string>(viewIds).includes(key)) continue;
        used.add(key);
        const type = keys.get(key);
        expect(type, `${key} in "${when}"`).toBeDefined();
        const compared = value === undefined ? values?.split('|') : [value];
        if (compared === undefined) expect(type, `${key} alone in "${when}"`).toBe('boolean');
        for (const each of compared ?? []) {
          expect(type?.split(' | '), `${key} in "${when}"`).toContain(`'${each}'`);
        }
      }
    }
    expect(sorted(used)).toEqual(sorted(keys.keys()));
  });
});

describe('package.json', () => {
  it('refers to nothing that it does not contribute', () => {
    const { menus, keybindings, viewsWelcome } = contributes;
    const referred = [
      ...[...Object.values(menus).flat(), ...keybindings].map(({ command }) => command),
      ...Object.values(nls).flatMap(text =>
        [...text.matchAll(/\(command:(runlight\.\w+)\)/g)].map(([, id]) => id),
      ),
    ];
    expect(referred.filter(id => !commandIds.some(known => known === id))).toEqual([]);
    const views = [
      ...viewsWelcome.map(({ view }) => view),
      ...whenClauses().flatMap(when =>
        [...when.matchAll(/\b(?:view|focusedView) == (\S+)/g)].map(([, id]) => id),
      ),
    ];
    expect(views.filter(id => !Object.values<string>(viewIds).includes(id ?? ''))).toEqual([]);
  });

  it('has every text in package.nls.json, which has no other', () => {
    const used = [...manifestText.matchAll(/"%([\w.]+)%"/g)].map(([, key = '']) => key);
    expect(sorted(new Set(used))).toEqual(sorted(Object.keys(nls)));
    for (const { title, category } of contributes.commands) {
      expect([title, category].every(text => /^%.+%$/.test(text))).toBe(true);
    }
  });

  it('hides commands that need a row from the palette, and no other for good', () => {
    const hidden = contributes.menus['commandPalette']?.filter(({ when }) => when === 'false') ?? [];
    expect(sorted(hidden.map(({ command }) => command))).toEqual(
      sorted([
        'runlight.copyValue',
        'runlight.deleteSelected',
        'runlight.loadMore',
        'runlight.logArtifactAnyway',
        'runlight.logAsArtifact',
        'runlight.openArtifact',
        'runlight.renameSelected',
        'runlight.retryArtifact',
        'runlight.revealArtifact',
        'runlight.skipArtifact',
      ]),
    );
  });

  it('gives what is inline in a view an icon', () => {
    const icons = new Map(contributes.commands.map(({ command, icon }) => [command, icon]));
    const inline = ['view/title', 'view/item/context'].flatMap(menu =>
      (contributes.menus[menu] as readonly (MenuItem & { group: string })[]).filter(({ group }) =>
        /^(?:inline|navigation)/.test(group),
      ),
    );
    expect(inline.filter(({ command }) => icons.get(command) === undefined)).toEqual([]);
  });
});

describe('the sources', () => {
  it('name no command, view or context key that contributions.ts does not', async () => {
    const known = new Set<string>([
      `${publisher}.${extensionName}`,
      ...commandIds,
      ...Object.values(viewIds),
      ...members('Settings').keys(),
      ...members('ContextKeys').keys(),
    ]);
    const unknown: string[] = [];
    for await (const file of glob('src/**/*.ts', { cwd: root })) {
      for (const [, id = ''] of (await read(file)).matchAll(/['":](runlight(?:\.\w+)+)['")?]/g)) {
        if (!known.has(id)) unknown.push(`${id} in ${file}`);
      }
    }
    expect(unknown).toEqual([]);
  });
});

function whenClauses(): readonly string[] {
  const { menus, keybindings, viewsWelcome, views } = contributes;
  return [
    ...Object.values(menus).flat(),
    ...keybindings,
    ...viewsWelcome,
    ...Object.values(views).flat(),
  ].flatMap(({ when }) => when ?? []);
}
