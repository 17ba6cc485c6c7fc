/** The green light of the pages, as PNG, which every browser takes for an icon. */
export const ICON =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAMAAABEpIrGAAAAM1BMVEUdekwdekwdekwdekwdekwdekwdekwdekwdekwdekwdekwdekwdekwdekwdekwdekwdekzFXlAaAAAAEXRSTlMADx8vP09fb3+Pn6+/z9/v//X6cQYAAACASURBVHjarZPtCoAgDEUFUxCcu+//tIGVZbmuROfvDuzbuT9ZUlZAc1qG4VjQKPER9oIO8X08KG5o6OIYcDG8jgQ9swiGSKsfBkcvxRLKPh+YbBNLtpCqkG0hV0FtQauAF+YEmoIWSdukg6Kj5sui6+YHQ0+OHy0/e/44E6/3lRVwwSaBtPLR7wAAAABJRU5ErkJggg==";
