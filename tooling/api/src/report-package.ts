import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import type { IConfigFile } from '@microsoft/api-extractor';

export interface ReportOptions {
  /** The folder of a built package. */
  readonly folder: string;
  /** The report is `etc/<name>.api.md` in that folder. */
  readonly name: string;
  /** Brings the report up to date instead of finding fault with it. */
  readonly write: boolean;
}

/** Holds what a package exports against its committed report. Returns the problems, one line each. */
export function reportPackage({ folder, name, write }: ReportOptions): readonly string[] {
  const problems: string[] = [];
  const extractorConfig = ExtractorConfig.prepare({
    configObject: configOf(folder, name),
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  });
  if (write) mkdirSync(join(folder, 'etc'), { recursive: true });
  const { apiReportChanged } = Extractor.invoke(extractorConfig, {
    localBuild: write,
    messageCallback: (message) => {
      const graded = message.logLevel === ExtractorLogLevel.Error || message.logLevel === ExtractorLogLevel.Warning;
      if (graded && !message.messageId.startsWith('console-')) problems.push(`${name}: ${message.text}`);
      message.handled = true;
    },
  });
  if (apiReportChanged && !write) problems.push(`${name}: etc/${name}.api.md is stale; run "pnpm api"`);
  return problems;
}

function configOf(projectFolder: string, reportFileName: string): IConfigFile {
  const unreported = { logLevel: ExtractorLogLevel.None };
  return {
    projectFolder,
    mainEntryPointFilePath: '<projectFolder>/dist/index.d.ts',
    compiler: { tsconfigFilePath: '<projectFolder>/tsconfig.build.json' },
    apiReport: {
      enabled: true,
      reportFileName,
      reportFolder: '<projectFolder>/etc',
      reportTempFolder: '<projectFolder>/.turbo/api',
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    newlineKind: 'lf',
    messages: {
      extractorMessageReporting: {
        default: { logLevel: ExtractorLogLevel.Warning },
        // There are no release tags: what a package exports is public. Members that their names explain need no comment.
        'ae-missing-release-tag': unreported,
        'ae-undocumented': unreported,
        // A published function may name a type of its module that nobody needs to import.
        'ae-forgotten-export': unreported,
      },
    },
  };
}
