/** As much as the tests use. */
declare module "parse-prometheus-text-format" {
  interface Family {
    readonly name: string
    readonly help: string
    readonly type: string
    readonly metrics: ReadonlyArray<{
      readonly value?: string
      readonly labels?: Readonly<Record<string, string>>
    }>
  }
  const parse: (text: string) => ReadonlyArray<Family>
  export default parse
}
