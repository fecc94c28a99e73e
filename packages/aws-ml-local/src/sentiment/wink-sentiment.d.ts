declare module 'wink-sentiment' {
  interface Token {
    readonly value: string;
    readonly tag: string;
    /** AFINN score of the token (of the phrase that ends here), negation already applied. */
    readonly score?: number;
  }
  /** `tokenizedPhrase` is missing for a text without tokens. */
  export default function winkSentiment(text: string): { readonly tokenizedPhrase?: readonly Token[] };
}
