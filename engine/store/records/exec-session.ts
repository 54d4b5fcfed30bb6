import * as v from 'valibot'

import { Texts } from './common.ts'
import { recordFormat } from './format.ts'

export const ExecConfig = v.object({
  command: Texts,
  env: Texts,
  user: v.string(),
  workdir: v.string(),
  terminal: v.boolean(),
  privileged: v.boolean(),
  attachStdin: v.boolean(),
  attachStdout: v.boolean(),
  attachStderr: v.boolean(),
  detachKeys: v.string(),
})
export type ExecConfig = v.InferOutput<typeof ExecConfig>

export const ExecState = v.object({
  status: v.picklist(['created', 'running', 'stopped']),
  pid: v.number(),
  pidStart: v.string(),
  conmonPid: v.number(),
  conmonPidStart: v.string(),
  exitCode: v.number(),
  bootId: v.string(),
  /** Milliseconds since 1970 at which its end was noted. */
  endedAt: v.optional(v.number()),
})
export type ExecState = v.InferOutput<typeof ExecState>

export interface ExecRecord {
  id: string
  container: string
  config: ExecConfig
  state: ExecState
}

export const execFormat = recordFormat<Pick<ExecRecord, 'config' | 'state'>>({
  noun: 'exec session',
  table: 'exec_sessions',
  key: 'id',
  labels: 'id',
  columns: ['config', 'state'],
  schema: v.object({ config: ExecConfig, state: ExecState }),
  steps: [],
})
