/** Results, errors and receipts as cells of a table and as JSON. */
import { TaskFailed } from "@scaler-ts/future"
import { inspect } from "node:util"
import type { AnyReceipt } from "./Item.ts"
import { printable } from "./stream.ts"

/** An error as a name and a message. */
export interface ErrorText {
  readonly name: string
  readonly message: string
}

/** What was thrown, as a name and a message; of a failed task, what its function threw. */
export const errorText = (error: unknown): ErrorText => {
  if (error instanceof TaskFailed) return errorText(error.error)
  if (!isRecord(error)) return { name: "Error", message: cellText(error) }
  const name = error["name"] ?? error["_tag"]
  const message = error["message"]
  return {
    name: typeof name === "string" ? name : "Error",
    message: typeof message === "string" ? message : JSON.stringify(jsonable(error)),
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

/** Whether a result gets a column per key. */
export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (!isRecord(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** A value on one line: arrays joined by space, objects as JSON, nothing for nothing. */
export const cellText = (value: unknown): string => {
  if (value === undefined || value === null) return ""
  if (typeof value === "bigint") return value.toString()
  if (value instanceof Date || value instanceof RegExp) return cellText(jsonable(value))
  if (value instanceof Error) return printable(`${value.name}: ${value.message}`)
  if (ArrayBuffer.isView(value)) return `(${value.byteLength} bytes)`
  if (Array.isArray(value)) return value.map(cellText).join(" ")
  if (typeof value === "object") return printable(JSON.stringify(jsonable(value)))
  return printable(typeof value === "string" ? value : inspect(value))
}

/**
 * A value that `JSON.stringify` takes, with what JSON lacks spelled out: bigint and RegExp as
 * strings, Date as ISO 8601, Map as pairs, Set as an array, bytes as base64, Error as name and message.
 */
export const jsonable = (value: unknown): unknown => {
  if (typeof value === "bigint") return value.toString()
  if (value === undefined || typeof value === "function" || typeof value === "symbol") return null
  if (typeof value === "number" && !Number.isFinite(value)) return String(value)
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Error) return { name: value.name, message: value.message }
  if (value instanceof RegExp) return String(value)
  if (value instanceof Map) return Array.from(value, (pair) => pair.map(jsonable))
  if (value instanceof Set) return Array.from(value, jsonable)
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString("base64")
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")
  }
  if (Array.isArray(value)) return value.map(jsonable)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, jsonable(member)]))
}

/** A receipt as JSON: its fields, but for the result that raced the cancel, which is the item's own. */
export const receiptJson = (receipt: AnyReceipt): unknown =>
  receipt._tag === "Finished" || receipt._tag === "AlreadyDone"
    ? { _tag: receipt._tag, cancelled: receipt.cancelled }
    : jsonable(receipt)
