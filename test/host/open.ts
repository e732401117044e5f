/** `npm start`: opens the demo's workspace in a real VS Code with this extension, and leaves it to the person. */
import { makeDemoWorkspace, workspace } from './demoWorkspace.ts';
import { leaveToPerson } from './leaveToPerson.ts';
import { build, root } from './project.ts';
import { findVsCode } from './vsCodeInstallation.ts';
import { openSession } from './vsCodeSession.ts';

build();
await makeDemoWorkspace({ anew: false });
await using session = await openSession(await findVsCode());
await leaveToPerson(await session.openWindow({ folder: workspace, extension: root }));
