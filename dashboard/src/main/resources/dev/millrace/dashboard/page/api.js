/** Asking the server. */

/** The server's answer was no, or none came. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status; // 0 when nothing answered
  }
}

/**
 * Gets JSON from a path; parameters that are null are left out.
 *
 * @throws Refused with the server's sentence
 */
export async function ask(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined) {
      query.set(key, value);
    }
  }
  const address = query.size ? `${path}?${query}` : path;
  let answer;
  try {
    answer = await fetch(address, { signal, credentials: "same-origin", cache: "no-store" });
  } catch (e) {
    if (e.name === "AbortError") {
      throw e;
    }
    throw new Refused("The dashboard does not answer", 0);
  }
  if (!answer.ok) {
    let sentence = `The dashboard answered ${answer.status}`;
    try {
      sentence = (await answer.json()).error ?? sentence;
    } catch {
      // no JSON: the status says it
    }
    throw new Refused(sentence, answer.status);
  }
  try {
    return await answer.json();
  } catch (e) {
    if (e.name === "AbortError") {
      throw e;
    }
    throw new Refused("The dashboard's answer was cut short", 0);
  }
}
