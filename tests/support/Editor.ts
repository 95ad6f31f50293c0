/** The TypeScript language server, asked what an editor asks it. */
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Readable, Writable } from "node:stream"
import { pathToFileURL } from "node:url"
import { root } from "./runFile.ts"

interface Message {
  readonly id?: number | string
  readonly method?: string
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

export class Editor implements AsyncDisposable {
  private readonly server: ChildProcessByStdio<Writable, Readable, null>
  private readonly waiting = new Map<number, (message: Message) => void>()
  private received = Buffer.alloc(0)
  private lastId = 0
  private uri = ""
  private text = ""

  private constructor() {
    const tsc = join(root, "node_modules/typescript/bin/tsc")
    this.server = spawn(process.execPath, [tsc, "--lsp", "--stdio"], {
      cwd: root,
      stdio: ["pipe", "pipe", "ignore"],
    })
    this.server.stdout.on("data", (bytes: Buffer) => this.receive(bytes))
    this.server.on("exit", (code) => {
      const error = { message: `the language server has left (${code})` }
      for (const tell of this.waiting.values()) tell({ error })
    })
  }

  /** Opens a file of the repository. */
  static async open(file: string): Promise<Editor> {
    const editor = new Editor()
    const rootUri = pathToFileURL(root).href
    await editor.ask("initialize", { processId: process.pid, rootUri, capabilities: {} })
    editor.send({ method: "initialized", params: {} })
    const path = join(root, file)
    editor.uri = pathToFileURL(path).href
    editor.text = readFileSync(path, "utf8")
    const { uri, text } = editor
    const textDocument = { uri, languageId: "typescript", version: 1, text }
    editor.send({ method: "textDocument/didOpen", params: { textDocument } })
    return editor
  }

  /** What is shown when the mouse rests on the word before a mark, without the prose. */
  async shownAt(mark: string): Promise<string> {
    const before = this.text.slice(0, this.text.indexOf(mark)).trimEnd()
    if (before.length === this.text.length) throw new Error(`there is no ${mark}`)
    const lines = before.split("\n")
    const position = { line: lines.length - 1, character: (lines.at(-1)?.length ?? 0) - 1 }
    const hover = await this.ask("textDocument/hover", {
      textDocument: { uri: this.uri },
      position,
    })
    const { contents } = hover as { readonly contents: { readonly value: string } }
    return /```\w*\n([^]*?)\n```/.exec(contents.value)?.[1] ?? contents.value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const left = new Promise((resolve) => this.server.once("exit", resolve))
    await this.ask("shutdown")
    this.send({ method: "exit" })
    this.server.stdin.end()
    await left
  }

  private ask(method: string, params?: object): Promise<unknown> {
    const id = ++this.lastId
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ result, error }) => {
        this.waiting.delete(id)
        if (error === undefined) resolve(result)
        else reject(new Error(`${method}: ${error.message}`))
      })
      this.send({ id, method, ...(params === undefined ? {} : { params }) })
    })
  }

  private send(message: object): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message })
    this.server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }

  private receive(bytes: Buffer): void {
    this.received = Buffer.concat([this.received, bytes])
    for (;;) {
      const head = this.received.indexOf("\r\n\r\n")
      if (head < 0) return
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.received.toString("utf8", 0, head))?.[1],
      )
      const end = head + 4 + length
      if (this.received.length < end) return
      const message: Message = JSON.parse(this.received.toString("utf8", head + 4, end))
      this.received = this.received.subarray(end)
      this.hear(message)
    }
  }

  private hear(message: Message): void {
    // What the server asks of its editor is none of ours, but it waits for an answer.
    if (message.method !== undefined) {
      if (message.id !== undefined) this.send({ id: message.id, result: null })
      return
    }
    this.waiting.get(Number(message.id))?.(message)
  }
}
