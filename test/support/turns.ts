/** Counts the turns that others have from now on. */
export function countTurns() {
  let turns = 0;
  let isOver = false;
  const takeTurn = () => {
    turns += 1;
    if (!isOver) setImmediate(takeTurn);
  };
  setImmediate(takeTurn);
  return { now: () => turns, end: () => (isOver = true) };
}
