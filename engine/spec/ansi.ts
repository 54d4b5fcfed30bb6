/* oxlint-disable no-control-regex -- control characters are what it is about */

/**
 * Escape sequences and control characters in output: colours (the first group holds their numbers), other control sequences, titles.
 * Every use needs a copy, since it is global.
 */
export const ansiPattern =
  /\u001B\[([\d;:]*)m|\u001B\[[\d;?<=>!]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|\u001B[@-Z\\^_()#][^\u001B]?|[\u0000-\u0008\u000B-\u001F\u007F]/g

const special = /[\u0000-\u0008\u000B-\u001F\u007F]/

/** The text as a person reads it: without escape sequences and control characters. */
export const stripAnsi = (text: string): string => (special.test(text) ? text.replaceAll(ansiPattern, '') : text)
