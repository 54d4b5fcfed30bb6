import type { BusObject } from './object.ts'

/** `/user`: the account. */
export const user: BusObject = {
  path: '/user',
  interface: 'cockpit.User',
  methods: {},
  properties: {
    Name: { type: 's', get: (agent) => agent.user.name },
    Full: { type: 's', get: (agent) => agent.user.fullname },
    Id: { type: 'i', get: (agent) => agent.user.uid },
    Gid: { type: 'i', get: (agent) => agent.user.gid },
    Home: { type: 's', get: (agent) => agent.user.home },
    Shell: { type: 's', get: (agent) => agent.user.shell },
    Groups: { type: 'as', get: (agent) => agent.user.groups },
  },
}
