import { isObject, type JsonObject, ProblemError } from '../../protocol/index.ts'
import type { AgentInfo } from '../bridge-events.ts'
import type { Bridge } from '../bridge.ts'
import { problemOf } from './stream.ts'

/** Reads the agent's user and payloads. */
export function readInfo(bridge: Pick<Bridge, 'channel'>): Promise<AgentInfo> {
  return new Promise((resolve, reject) => {
    let text = ''
    bridge.channel(
      { payload: 'info' },
      {
        data: (data) => (text += String(data)),
        close: (close) => {
          const failure = problemOf(close)
          if (failure !== undefined) return reject(failure)
          try {
            resolve(parseInfo(JSON.parse(text)))
          } catch (cause) {
            reject(new ProblemError('protocol-error', 'The agent did not say who it is.', { cause }))
          }
        },
      },
    )
  })
}

function parseInfo(value: unknown): AgentInfo {
  const info = isObject(value) ? value : {}
  const { user } = info
  if (!isObject(user) || typeof user['uid'] !== 'number') throw new Error('no user')
  const text = (field: string): string => String(user[field] ?? '')
  const channels: JsonObject = isObject(info['channels']) ? info['channels'] : {}
  return {
    user: {
      name: text('name'),
      fullname: text('fullname'),
      uid: user['uid'],
      gid: Number(user['gid']),
      groups: Array.isArray(user['groups']) ? user['groups'].map(String) : [],
      home: text('home'),
      shell: text('shell'),
    },
    osRelease: Object.fromEntries(
      Object.entries(isObject(info['os_release']) ? info['os_release'] : {}).map(([key, each]) => [key, String(each)]),
    ),
    payloads: Object.keys(channels),
  }
}
