/**
 * What people say about products and services that a lexicon of single words misses or misreads, with scores on
 * AFINN's scale (-5 to 5). The words a phrase covers are not scored again by the lexicon.
 */
export const FEEDBACK_PHRASES: ReadonlyArray<readonly [pattern: RegExp, score: number]> = [
  // "support" is a department here, not praise.
  [/\b(?:customer |tech(?:nical)? )?support\b/g, 0],
  [/\b(?:customer |room )?service\b/g, 0],
  [/\bhelped\b/g, 2],
  [/\bblown away\b/g, 4],
  [/\bsecond to none\b/g, 4],
  [/\bworth (?:it|every penny|the (?:money|price))\b/g, 3],
  [/\b(?:would|will) (?:definitely |certainly )?(?:recommend|be back|come back|return)\b/g, 3],
  [/\b(?:would|will) never (?:recommend|be back|come back|return|again)\b/g, -4],
  [/\b(?:talk|talks|talked|talking) down to\b/g, -3],
  [/\b(?:let|lets|letting) (?:me|us|you) down\b/g, -3],
  [/\bfed up\b/g, -3],
  [/\brip(?:ped)?[ -]off\b/g, -4],
  [/\bout of order\b/g, -2],
  [/\bwaste of (?:time|money)\b/g, -4],
  // Too much of anything is a complaint, whatever it is.
  [
    /\b(?:way |far |much )?too (?:long|slow|late|complex|complicated|expensive|loud|noisy|small|big|hard|difficult|many|few|hot|cold)\b/g,
    -3,
  ],
];
