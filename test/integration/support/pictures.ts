import { control } from './control.ts';

/** Pictures of the window in both themes; the light one is left on. */
export async function pictures(name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await control.useTheme(theme);
    await control.screenshot(`${name}-${theme}`);
  }
}
