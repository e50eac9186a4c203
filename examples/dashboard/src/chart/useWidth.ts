import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** How wide an element is, in CSS pixels, so that a picture in it is drawn and not scaled. */
export function useWidth<T extends Element>(): [RefObject<T | null>, widthPx: number] {
  const ref = useRef<T>(null);
  const [widthPx, setWidthPx] = useState(760);
  useLayoutEffect(() => {
    if (!ref.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidthPx(Math.max(200, entry.contentRect.width)));
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, widthPx];
}
