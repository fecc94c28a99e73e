/** What a printer needs to know of a column. */
export interface Column {
  readonly name: string;
  readonly dataTypeID: number;
}

/** Makes text of a result, in the order of its methods. Values are as PostgreSQL writes them; NULL is null. */
export interface RowPrinter {
  begin(columns: readonly Column[]): string;
  row(values: readonly (string | null)[]): string;
  end(): string;
}
