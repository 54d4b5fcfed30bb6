import { config } from './config.ts'
import { loginMessages } from './login-messages.ts'
import { machines } from './machines.ts'
import type { BusObject } from './object.ts'
import { packages } from './packages.ts'
import { superuser } from './superuser.ts'
import { user } from './user.ts'

/** The objects on the bus `internal`: one line each. */
export const busObjects: readonly BusObject[] = [superuser, user, config, packages, loginMessages, machines]
