/** The most probable class of a row; of equals the first. */
export function chosenClass(answers: readonly Float64Array[], row: number): number {
  let best = 0;
  for (let output = 1; output < answers.length; output += 1) {
    if (answers[output]![row]! > answers[best]![row]!) best = output;
  }
  return best;
}
