import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aliases, commands, hiddenCommands } from '../../engine/cli/command-list.ts'
import { flagLines, helpText } from '../../engine/cli/help/help.ts'
import { globalFlags } from '../../engine/cli/parse/globals.ts'
import { openApi } from '../../engine/contract/openapi.ts'
import { coverageDocument } from './api-coverage/index.ts'
import { lifeDocument } from './container-life.ts'

// `npm run docs` writes what is derived from the code; a test holds the files against it.

const docs = join(import.meta.dirname, '../../docs')

/** docs/cli.md: every command as its own `--help` shows it. */
export async function cliReference(): Promise<string> {
  const names = Object.keys(commands)
    .filter((name) => !hiddenCommands.has(name))
    .toSorted()
  const parts = [
    "# The command line\n\nWritten by `npm run docs` from the commands themselves. Commands, flags, output and exit codes are podman's.\n",
    `Before or after any command:\n\n\`\`\`\n${flagLines(globalFlags).join('')}\`\`\`\n`,
  ]
  for (const name of names) {
    const also = Object.keys(aliases).filter((alias) => aliases[alias] === name)
    const command = await commands[name]!()
    parts.push(`## berth ${name}\n${also.length > 0 ? `\nAlso: ${also.map((alias) => `\`berth ${alias}\``).join(', ')}\n` : ''}`)
    parts.push(`\`\`\`\n${helpText(name.split(' '), command).trim()}\n\`\`\`\n`)
  }
  return parts.join('\n')
}

/** docs/openapi.json: every operation, from the contract. */
export function openApiReference(): string {
  const { version } = JSON.parse(readFileSync(join(docs, '../package.json'), 'utf8')) as { version: string }
  return `${JSON.stringify(openApi(version), null, 2)}\n`
}

if (import.meta.main) {
  writeFileSync(join(docs, 'cli.md'), await cliReference())
  writeFileSync(join(docs, 'openapi.json'), openApiReference())
  writeFileSync(join(docs, 'api-coverage.md'), coverageDocument())
  writeFileSync(join(docs, 'container-life.md'), lifeDocument())
}
