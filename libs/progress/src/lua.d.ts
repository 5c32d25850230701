/** A Lua script, as the text it is (tools/build.mjs bundles it, jest loads it as a string). */
declare module '*.lua' {
  const text: string;
  export default text;
}
