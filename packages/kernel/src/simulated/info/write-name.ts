/** Writes a name of ASCII characters, zeros behind it. */
export function writeName(view: DataView, at: number, name: string, size: number): void {
  for (let i = 0; i < size; i++) view.setUint8(at + i, i < name.length ? name.charCodeAt(i) : 0);
}
