import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

import { ExitError } from '../exit-code.ts'
import { print, stdout } from '../output/print.ts'

/** Prompts for a line on standard output. @returns `undefined` if the input ends first. */
export function promptLine(question: string): Promise<string | undefined> {
  return prompt(question, stdout())
}

/**
 * Prompts for a line without echo.
 * @throws ExitError when standard input is no terminal, so that a secret could show or be meant for something else
 */
export async function promptSecret(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) {
    print(`${question}\n`)
    throw new ExitError(125, 'reading password: the standard input is no terminal; use --password-stdin')
  }
  // Readline puts the terminal into raw mode; what it would echo goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  try {
    return await prompt('', nowhere, () => print(question))
  } finally {
    print('\n')
  }
}

/** Prompts for a choice by number; an empty line takes the first. @throws ExitError when the input ends */
export async function promptChoice(question: string, choices: readonly string[]): Promise<string> {
  print(`${question}\n${choices.map((choice, i) => `  ${i + 1}: ${choice}\n`).join('')}`)
  for (;;) {
    const answer = await promptLine(`Number (1-${choices.length}) [1]: `)
    if (answer === undefined) throw new ExitError(125, 'nothing was chosen')
    const chosen = answer.trim() === '' ? choices[0] : /^\d+$/.test(answer.trim()) ? choices[Number(answer) - 1] : undefined
    if (chosen !== undefined) return chosen
  }
}

/** @param unseen writes the question once echo is off. */
async function prompt(question: string, output: NodeJS.WritableStream, unseen?: () => void): Promise<string | undefined> {
  const reader = createInterface({ input: process.stdin, output, ...(unseen ? { terminal: true } : {}) })
  unseen?.()
  // Ctrl-C ends the command, as it does without a prompt.
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
