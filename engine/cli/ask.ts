import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

import { ExitError } from './exit-code.ts'

/** Asks for a line on standard output. @returns nothing when the input ends first. */
export function askLine(question: string): Promise<string | undefined> {
  return ask(question, process.stdout)
}

/**
 * Asks for a line that is not shown while it is typed.
 * @throws ExitError when standard input is no terminal, so that a secret could show or be meant for something else
 */
export async function askSecret(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) {
    process.stdout.write(`${question}\n`)
    throw new ExitError(125, 'reading password: the standard input is no terminal; use --password-stdin')
  }
  // Readline puts the terminal into raw mode; what it would echo goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  try {
    return await ask('', nowhere, () => process.stdout.write(question))
  } finally {
    process.stdout.write('\n')
  }
}

/** Asks which of several is meant, by its number; an empty line takes the first. @throws ExitError when the input ends */
export async function askChoice(question: string, choices: readonly string[]): Promise<string> {
  process.stdout.write(`${question}\n${choices.map((choice, i) => `  ${i + 1}: ${choice}\n`).join('')}`)
  for (;;) {
    const answer = await askLine(`Number (1-${choices.length}) [1]: `)
    if (answer === undefined) throw new ExitError(125, 'nothing was chosen')
    const chosen = answer.trim() === '' ? choices[0] : /^\d+$/.test(answer.trim()) ? choices[Number(answer) - 1] : undefined
    if (chosen !== undefined) return chosen
  }
}

/** @param unseen writes the question for an answer that is not shown, once it is not. */
async function ask(question: string, output: NodeJS.WritableStream, unseen?: () => void): Promise<string | undefined> {
  const reader = createInterface({ input: process.stdin, output, ...(unseen ? { terminal: true } : {}) })
  unseen?.()
  // Ctrl-C ends the command, as it does where nothing is being asked.
  reader.once('SIGINT', () => {
    reader.close()
    process.kill(process.pid, 'SIGINT')
  })
  try {
    const ended = new Promise<undefined>((resolve) => reader.once('close', () => resolve(undefined)))
    return await Promise.race([reader.question(question), ended])
  } finally {
    reader.close()
  }
}
