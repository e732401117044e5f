/** `npm start`: opens the demo's workspace in a real VS Code with this extension, and leaves it to the person. */
import { execFileSync } from 'node:child_process';
import { makeDemoWorkspace, root, workspace } from './demoWorkspace.ts';
import { leaveToPerson } from './leaveToPerson.ts';
import { findVsCode } from './vsCodeInstallation.ts';
import { openSession } from './vsCodeSession.ts';

execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
await makeDemoWorkspace({ anew: false });
await using session = await openSession(await findVsCode());
await leaveToPerson(await session.openWindow({ folder: workspace, extension: root }));
