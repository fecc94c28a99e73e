// Tables. Cells are filled as text, never as HTML: names of users and databases are whatever clients send.

/**
 * @template Row
 * @typedef {{ name: string, of: (row: Row) => string | Node, kind?: 'number' | 'code' }} Column
 */

/**
 * Shows rows in the element of an id.
 *
 * @template Row
 * @param {string} id
 * @param {readonly Row[]} rows
 * @param {readonly Column<Row>[]} columns
 * @param {string} empty what to say where there are none
 */
export function showTable(id, rows, columns, empty) {
  const place = /** @type {HTMLElement} */ (document.getElementById(id));
  if (rows.length === 0) {
    place.replaceChildren(withText('p', empty, 'empty'));
    return;
  }
  const table = document.createElement('table');
  const heads = columns.map(({ name, kind }) => withText('th', name, kind));
  table
    .createTHead()
    .insertRow()
    .append(...heads);
  const body = table.createTBody();
  for (const row of rows) {
    const cells = columns.map(({ name, of, kind }) => {
      const cell = withText('td', of(row), kind);
      cell.dataset.name = name;
      return cell;
    });
    body.insertRow().append(...cells);
  }
  place.replaceChildren(table);
}

/**
 * @param {string} tag
 * @param {string | Node} content
 * @param {string} [className]
 */
export function withText(tag, content, className) {
  const element = document.createElement(tag);
  element.append(content);
  if (className !== undefined) element.className = className;
  return element;
}
