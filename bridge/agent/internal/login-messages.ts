import type { BusObject } from './object.ts'

/** `/LoginMessages`: what PAM had to say at login; nothing is kept. */
export const loginMessages: BusObject = {
  path: '/LoginMessages',
  interface: 'cockpit.LoginMessages',
  methods: {
    Get: { in: [], out: ['s'], call: () => ['{}'] },
    Dismiss: { in: [], out: [], call: () => [] },
  },
  properties: {},
}
