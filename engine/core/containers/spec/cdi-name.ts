/** Whether a device is named as such descriptions do: `vendor.com/class=name`. */
export function isCdiName(text: string): boolean {
  return /^[A-Za-z][\w.-]*\/[A-Za-z][\w.-]*=[\w.:-]+$/.test(text)
}
