import { apiVersion } from '../../contract/index.ts'

/** The version of Docker's API that libpod's answers name. */
const dockerApi = '1.41'

/** On every answer, as libpod has them. */
export const commonHeaders = {
  'Api-Version': dockerApi,
  'Libpod-Api-Version': apiVersion,
  Server: `Berth/${apiVersion} (linux)`,
}
