/** Keys as text: ZeroMQ's Z85, 40 characters for 32 bytes. */

const digits =
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
const base = digits.length
const keyBytes = 32
const wordBytes = 4
const wordDigits = 5

/** `bytes`: as many as a key has. */
export const encodeKey = (bytes: Uint8Array): string => {
  const words = new DataView(bytes.buffer, bytes.byteOffset, keyBytes)
  let text = ""
  for (let at = 0; at < keyBytes; at += wordBytes) {
    let word = words.getUint32(at)
    let digitsOfWord = ""
    for (let n = 0; n < wordDigits; n++) {
      digitsOfWord = digits.charAt(word % base) + digitsOfWord
      word = Math.floor(word / base)
    }
    text += digitsOfWord
  }
  return text
}

/** `undefined` for what is no key. */
export const decodeKey = (text: string): Buffer | undefined => {
  if (text.length !== (keyBytes / wordBytes) * wordDigits) return undefined
  const bytes = Buffer.alloc(keyBytes)
  for (let at = 0; at < keyBytes; at += wordBytes) {
    let word = 0
    for (let n = 0; n < wordDigits; n++) {
      const digit = digits.indexOf(text.charAt((at / wordBytes) * wordDigits + n))
      if (digit < 0) return undefined
      word = word * base + digit
    }
    if (word > 0xffff_ffff) return undefined
    bytes.writeUInt32BE(word, at)
  }
  return bytes
}

export const isKey = (text: unknown): boolean =>
  typeof text === "string" && decodeKey(text) !== undefined
