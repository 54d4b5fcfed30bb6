import { encodeControl, type Control, type Problem } from '../protocol/index.ts'
import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { type AgentLink, openAgentLink } from './agent-link.ts'
import type { Times } from './options.ts'
import { openTab, type Tab } from './tab.ts'

/** Pages that one session may have open. */
const maxTabs = 32

/** A login session: one agent and any number of pages. */
export interface Session {
  /** The cookie's value. */
  readonly token: string
  readonly csrfToken: string
  readonly user: string
  /** Adds a page. */
  attach(socket: WebSocket): void
  /** Ends agent and pages. Idempotent. */
  end(problem: Problem, message?: string): void
}

/** How a session gets its agent, and whom it tells that it is over. */
export interface SessionOptions {
  user: string
  /** The agent that the login started. */
  agent?: Duplex
  /** Starts another agent when there is none: the session then outlives its agents. */
  startAgent?: () => Duplex
  times: Times
  /** Called once. */
  ended(problem: Problem): void
}

/** Begins a session. */
export function openSession(options: SessionOptions): Session {
  const { times, user } = options
  const token = randomBytes(32).toString('base64url')
  const csrfToken = randomBytes(32).toString('base64url')
  const tabs = new Map<string, Tab>()
  let nextSeed = 1
  let agent: AgentLink | undefined
  let over = false
  let slow = 0
  let idle: NodeJS.Timeout | undefined

  const end = (problem: Problem, message?: string): void => {
    if (over) return
    over = true
    clearTimeout(idle)
    for (const tab of [...tabs.values()]) tab.close(problem, message)
    agent?.close()
    options.ended(problem)
  }
  /** A session that nobody looks at does not stay, unless it is the only one there can be. */
  const waitForPage = (time: number): void => {
    clearTimeout(idle)
    if (tabs.size === 0 && options.startAgent === undefined) idle = setTimeout(() => end('timeout'), time)
  }
  const tabOf = (channel: string): Tab | undefined => tabs.get(channel.slice(0, channel.indexOf(':') + 1))
  const link = (duplex: Duplex): AgentLink => {
    const opened: AgentLink = openAgentLink(duplex, 'localhost', {
      data: (channel, message) => {
        if (tabOf(channel)?.data(channel, message) !== false) return
        slow++
        opened.pause()
      },
      control: (control, message) => {
        if (control.command === 'ping' && control.channel === undefined) opened.send({ ...control, command: 'pong' })
        else if (control.channel !== undefined) tabOf(control.channel)?.control(control, message)
      },
      drained: () => {
        for (const tab of tabs.values()) tab.drained()
      },
      ended: (problem, message) => {
        agent = undefined
        if (options.startAgent === undefined) return end(problem, message)
        for (const tab of [...tabs.values()]) tab.close('disconnected', message)
      },
    })
    return opened
  }
  const running = (): AgentLink | undefined => {
    if (agent === undefined && options.startAgent !== undefined && !over) agent = link(options.startAgent())
    return agent
  }
  if (options.agent !== undefined) agent = link(options.agent)
  waitForPage(times.unused)

  const attach = (socket: WebSocket): void => {
    if (over || running() === undefined || tabs.size >= maxTabs) {
      socket.send(`\n${encodeControl({ command: 'close', problem: 'access-denied', message: 'This session has no room for another page.' })}`)
      socket.close(1000)
      return
    }
    clearTimeout(idle)
    const seed = `${nextSeed++}:`
    const tab = openTab(socket, seed, greeting(seed, csrfToken), times, {
      forward: (message) => agent?.forward(message) ?? true,
      send: (control) => agent?.send(control),
      logout: () => end('terminated', 'You logged out.'),
      caughtUp: () => {
        if (--slow <= 0) agent?.resume()
      },
      gone: (left) => {
        tabs.delete(seed)
        // Whatever this page was behind with is gone as well.
        slow = 0
        agent?.resume()
        if (!over) waitForPage(left ? times.unused : times.cutOff)
      },
    })
    tabs.set(seed, tab)
  }
  return { token, csrfToken, user, attach, end }
}

function greeting(seed: string, csrfToken: string): Control {
  return {
    command: 'init',
    version: 1,
    'channel-seed': seed,
    host: 'localhost',
    'csrf-token': csrfToken,
    capabilities: ['multi', 'credentials', 'binary'],
    system: { version: '337' },
  }
}
