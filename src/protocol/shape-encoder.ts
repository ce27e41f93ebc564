// What the encoders of both wire formats share: an encoder for each shape, made once.
import { AssertionError } from '../base/assert.ts'
import type { Shape } from './shape.ts'

/** The text of one value; throws AssertionError for a value of a wrong type. */
export type Encode = (value: unknown) => string

/**
 * From shapes to their encoders, each made once, also of a shape that contains itself. `encoderOf`
 * makes one and gets at those of inner shapes by its second argument.
 */
export function createCompiler(
  encoderOf: (shape: Shape, compile: (inner: Shape) => Encode) => Encode,
): (shape: Shape) => Encode {
  const compiled = new Map<Shape, Encode>()
  const compile = (shape: Shape): Encode => {
    const known = compiled.get(shape)
    if (known !== undefined) return known
    // A recursive shape meets this forwarding entry while its own encoder is being built.
    compiled.set(shape, (value) => encode(value))
    const encode = encoderOf(shape, compile)
    compiled.set(shape, encode)
    return encode
  }
  return compile
}

/** Names shape and type only: the value may be sensitive. */
export function wrongType(shape: Shape, value: unknown): AssertionError {
  return new AssertionError(`output of shape ${shape.name} is a ${typeof value}, not ${shape.type}`)
}
