import { BusError, type BusObject } from './object.ts'

/** `/superuser`: whether the session has administrative access. It cannot be acquired later yet. */
export const superuser: BusObject = {
  path: '/superuser',
  interface: 'cockpit.Superuser',
  methods: {
    Start: {
      in: ['s'],
      out: [],
      call: (_args, agent) => {
        if (agent.user.uid === 0) throw new BusError('cockpit.Superuser.Error', 'This session has administrative access already.')
        throw new BusError(
          'cockpit.Superuser.Error',
          'not-supported: this session cannot get administrative access; log in as an administrator.',
        )
      },
    },
    Stop: {
      in: [],
      out: [],
      call: (_args, agent) => {
        if (agent.user.uid !== 0) return []
        throw new BusError('cockpit.Superuser.Error', 'not-supported: root cannot give up administrative access; log out.')
      },
    },
    Answer: {
      in: ['s'],
      out: [],
      call: () => {
        throw new BusError('cockpit.Superuser.Error', 'There is no question to answer.')
      },
    },
  },
  properties: {
    Bridges: { type: 'as', get: () => [] },
    Current: { type: 's', get: ({ user }) => (user.uid === 0 ? 'root' : 'none') },
    Methods: { type: 'a{sv}', get: () => ({}) },
  },
  signals: { Prompt: ['s', 's', 's', 'b', 's'] },
}
