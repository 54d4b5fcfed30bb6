/** What may stand in a place of the command line, with a line about it. */
export type Candidate = readonly [word: string, about?: string]
