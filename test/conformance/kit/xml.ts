// Reads the XML of answers, strictly: what is not well-formed throws. Apart from the SDK's parser,
// so that what this forgives not cannot hide behind what that forgives.

export interface XmlElement {
  readonly name: string
  readonly attributes: string
  readonly children: XmlElement[]
  text: string
}

const TOKEN = /<(\/?)([A-Za-z][\w]*)((?: [\w:]+="[^"<]*")*)(\/?)>|([^<>]+)/gy
const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
}

/** The root element. Throws for anything that is no well-formed document of elements and text. */
export function parseXml(text: string): XmlElement {
  const root: XmlElement = { name: '', attributes: '', children: [], text: '' }
  const open = [root]
  TOKEN.lastIndex = 0
  let end = 0
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    end = TOKEN.lastIndex
    const [, closing, name = '', attributes = '', empty, characters] = match
    const parent = open.at(-1)!
    if (characters !== undefined) parent.text += decode(characters)
    else if (closing === '/') {
      if (open.length < 2 || parent.name !== name) throw new Error(`</${name}> closes nothing`)
      open.pop()
    } else {
      const element = { name, attributes, children: [], text: '' }
      parent.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  if (end !== text.length || open.length !== 1) throw new Error(`not well-formed: ${text}`)
  if (root.children.length !== 1 || root.text.trim() !== '') throw new Error('not one root')
  return root.children[0]!
}

/** The only child of that name. */
export function childOf(element: XmlElement, name: string): XmlElement {
  const found = element.children.filter((child) => child.name === name)
  if (found.length !== 1) throw new Error(`${element.name} has ${found.length} ${name}`)
  return found[0]!
}

function decode(characters: string): string {
  return characters.replaceAll(/&(#x[0-9A-F]+|\w*);?/g, (reference, name: string) => {
    const code = /^#x([0-9A-F]+)$/.exec(name)?.[1]
    const character =
      code === undefined ? ENTITIES[name] : String.fromCodePoint(Number.parseInt(code, 16))
    if (character === undefined || !reference.endsWith(';')) throw new Error(`bad ${reference}`)
    return character
  })
}
