/* Events as Node's EventEmitter has them, which Twilio's SDK shows to its users; and errors as it gives them. */

class Emitter {
  #listeners = new Map();

  on(name, listener) {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    return this;
  }

  addListener(name, listener) {
    return this.on(name, listener);
  }

  once(name, listener) {
    const first = (...what) => {
      this.off(name, first);
      listener(...what);
    };
    first.listener = listener;
    return this.on(name, first);
  }

  off(name, listener) {
    const kept = (this.#listeners.get(name) ?? []).filter((one) => one !== listener && one.listener !== listener);
    this.#listeners.set(name, kept);
    return this;
  }

  removeListener(name, listener) {
    return this.off(name, listener);
  }

  removeAllListeners(name) {
    if (name === undefined) this.#listeners.clear();
    else this.#listeners.delete(name);
    return this;
  }

  listenerCount(name) {
    return (this.#listeners.get(name) ?? []).length;
  }

  emit(name, ...what) {
    const listeners = this.#listeners.get(name) ?? [];
    for (const listener of listeners) listener(...what);
    return listeners.length > 0;
  }
}

class PhoneError extends Error {
  constructor(code, text, name = "GeneralError") {
    super(`${name} (${code}): ${text}`);
    this.name = name;
    this.code = code;
    this.description = text;
    this.explanation = text;
    this.causes = [];
    this.solutions = [];
  }
}
